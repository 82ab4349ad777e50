FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
ENV TIERSCOPE_HOME=/home
EXPOSE 8501
CMD ["python", "-m", "pages._kit.serve", "--server.address", "0.0.0.0", "--server.port", "8501"]
